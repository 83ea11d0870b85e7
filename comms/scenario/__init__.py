"""Scenario files (演练想定): read, written, and exchanged with other programs as CEXF and MSEL sheets."""
