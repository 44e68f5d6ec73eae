"""The lab's scenarios: every module here has a tuple SCENARIOS, by what ends the stream."""
