"""Every reader of bytes from outside, fed with what nobody means: `make fuzz INPUTS=1000000 ONLY=stun`."""
