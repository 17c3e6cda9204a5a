"""Many questions at once; one module for each kind of analysis."""
