"""Attachments: photos and documents of cases, each content stored once."""
