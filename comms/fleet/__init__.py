"""Simulated terminals that speak the phone's protocol (python -m comms.fleet)."""
