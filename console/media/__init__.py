"""The desk's voice and video on the comms thread: what is heard, said and shown never passes through Qt."""
