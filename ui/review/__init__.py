"""The review (复盘) of drills as a window: score, people, time line, ratings, improvement, comparison, records."""
