"""Cases: started, moved on by commands, persisted after each one."""
