"""Work items: steps that people have to do, put before departments, claimed, done."""
