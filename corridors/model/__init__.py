"""What the tables mean on a day: closures, rights, costs, loads, scenarios, and the graph of places and layers."""
