"""Business-time arithmetic on working calendars; pure, and nothing but the standard library."""
