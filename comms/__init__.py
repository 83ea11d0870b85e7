"""The wire and everything beyond it: domain rules, protocol, journal, link, media, gateway, fleet."""
