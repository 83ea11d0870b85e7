"""What a trainer's desk knows of drills: their review, training records, improvement actions. No Qt."""
