"""From a question to an answer: request, search, alternatives, routes and the rows and words that tell them."""
