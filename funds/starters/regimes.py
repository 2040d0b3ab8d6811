"""The laws under which money is given, with their ceilings in per cent of eligible cost, as data.

Sources: Regulation (EU) 651/2014, Article 25 (50, 50 and 25 per cent; 20 more for small and 10 more for medium
enterprises); Regulation (EU) 1407/2013; the Subsidy Control Act 2022, sections 36 to 42. Where a law sets no ceiling
by kind of work, the table is that of Article 25, which a competition may lower.
"""

import datetime as dt

from accounts.states import Size
from funds.states import AidCurrency
from funds.states import ResearchCategory as Work

SIZES = (Size.MICRO, Size.SMALL, Size.MEDIUM, Size.LARGE, Size.NON_BUSINESS)
ARTICLE_25 = {
    Work.FEASIBILITY: (70, 70, 60, 50, 100),
    Work.INDUSTRIAL: (70, 70, 60, 50, 100),
    Work.EXPERIMENTAL: (45, 45, 35, 25, 100),
}
# code, title, sentence for the letter, article, in force from, until, ceilings.
REGIMES = (
    (
        "gber_2014", "General Block Exemption Regulation (EU) 651/2014",
        "This award is aid for research, development and innovation under Regulation (EU) 651/2014.", "Article 25",
        dt.date(2014, 7, 1), None, ARTICLE_25,
    ),
    (
        "de_minimis_2013", "De minimis aid, Regulation (EU) 1407/2013",
        "This award is de minimis aid under Regulation (EU) 1407/2013.", "Article 3",
        dt.date(2014, 1, 1), dt.date(2024, 6, 30), ARTICLE_25,
    ),
    (
        "subsidy_control_2022", "Subsidy Control Act 2022",
        "This award is a subsidy under the Subsidy Control Act 2022.", "Part 2",
        dt.date(2023, 1, 4), None, ARTICLE_25,
    ),
    (
        "no_subsidy", "Not a subsidy",
        "This award is not a subsidy: its recipients do not act as enterprises on a market.", "",
        dt.date(2014, 1, 1), None, {Work.ADOPTION: (0, 0, 0, 0, 100)},
    ),
)  # fmt: skip
# The most that one undertaking may be given over fiscal years: Regulation 1407/2013, Article 3(2); the Act, section 36.
LIMITS = {
    "de_minimis_2013": {"aid_limit": 200_000, "aid_currency": AidCurrency.EUR, "aid_years": 3},
    "subsidy_control_2022": {"aid_limit": 315_000, "aid_currency": AidCurrency.GBP, "aid_years": 3},
}
