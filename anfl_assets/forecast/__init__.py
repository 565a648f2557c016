"""§3.2 on one daily series: candidates, their combination, intervals, first passage, skill.

Pure: series in, outlook out. Which series there are, and where outlooks are kept, is
`flow/forecasting`'s business.
"""
