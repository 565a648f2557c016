"""§4.1: the three dashboards and what lies behind each number, as one web application."""
