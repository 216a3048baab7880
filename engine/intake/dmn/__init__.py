"""Decision models (DMN): read from their files, and looked over before anything runs."""
