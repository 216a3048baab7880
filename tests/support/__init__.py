"""What tests of several rooms share: databases, and the guard of the network."""
