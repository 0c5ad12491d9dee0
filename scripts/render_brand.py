"""Render the brand images of the integration from their drawings: `.venv-ha/bin/python scripts/render_brand.py`."""

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
DRAWINGS = ROOT / "docs" / "brand"
BRAND = ROOT / "custom_components" / "cem_sgcp" / "brand"
HEIGHTS = {"icon": 256, "logo": 128}


def main() -> None:
    """Write icon and logo, plain and doubled, for light and for dark backgrounds."""
    BRAND.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        for name, height in HEIGHTS.items():
            drawing = (DRAWINGS / f"{name}.svg").read_text(encoding="utf-8")
            for prefix, scheme in (("", "light"), ("dark_", "dark")):
                for suffix, scale in (("", 1), ("@2x", 2)):
                    page = browser.new_page(device_scale_factor=scale, color_scheme=scheme)
                    page.set_content(f"<style>body{{margin:0}} svg{{height:{height}px;display:block}}</style>{drawing}")
                    page.locator("svg").screenshot(path=BRAND / f"{prefix}{name}{suffix}.png", omit_background=True)
                    page.close()
        browser.close()


if __name__ == "__main__":
    main()
