"""Scenario files (演练情景): read, written, and exchanged with other programs as CEXF and MSEL sheets."""
