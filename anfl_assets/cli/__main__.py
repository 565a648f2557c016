"""`python -m anfl_assets.cli`: the `anfl` command of this very interpreter."""

from anfl_assets.cli.main import main

if __name__ == "__main__":
    main()
