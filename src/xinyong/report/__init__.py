"""The report of a run: one self-contained page, and the charts in it.

- `xinyong.report.charts`: ``CHARTS``, ``chart(run, name)``, ``save_png(run, name, path)``;
- `xinyong.report.html`: ``write_report(run)``.

The modules import altair and vl-convert, so nothing is imported here.
"""
