"""Where journeys break: read from the journal's facts or from an imported event log.

Pure analytics: an `EventLog` is built by `formats` (XES, CSV) or `journal_log` (our own facts),
measured, searched for breakpoints by one detector a file in `patterns`, and told as a
`BreakpointMap`. Nothing here reads live tables.
"""
