"""The fused-communication gateway (python -m comms.gateway)."""
