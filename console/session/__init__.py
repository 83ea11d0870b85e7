"""The desk's end of the gateway, on the comms thread: signing in, the picture's feed, voice and video."""
