"""§3.2 as something that happens: series of a build are forecast, kept and scored."""
