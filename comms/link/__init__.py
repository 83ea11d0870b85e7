"""The client end of the WebSocket, for desks and terminals alike."""
