"""Arrays and searches: edges, hours and closed spans; nothing of places."""
