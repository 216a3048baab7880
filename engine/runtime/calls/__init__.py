"""Calls of outside services: what is asked, who asks it, and what becomes of the answer."""
