"""Certificates as Open Badges (1EdTech 3.0 and 2.0) and Comprehensive Learner Records (2.0), and badges read back."""
