"""Short inputs, and text without blanks: a child that carries a closed case as a whole is found."""

from __future__ import annotations

import pytest

from rsi_cli.nouns import CaseId, Json
from rsi_cli.suite.model import Case
from rsi_cli.trust.leaks import Watch
from rsi_cli.trust.pieces import eighths, runs_of, words_of

ORIGIN = (
    "Answer with one word. Compute what is asked; for a refund look at the order. 请先确认订单号，再回答。"
)


def case(name: str, text: str, expected: Json = None) -> Case:
    return Case(id=CaseId(name), input=text, expected=expected)


OPEN = (
    case("known", "Refund for order QX", "grant"),
    case("sum", "Compute 3 + 4", "7"),
    case("both", "Look at the order, thank you", "later"),
    case("arrives", "我的退款什么时候到账", "三天之内"),
)
CLOSED = (
    case("refund", "Refund for order AB", "deny"),
    case("ship", "Ship to Norway please", "zone seven"),
    case("product", "Compute 17 * 23", "391"),
    case("polite", "Thank you", "welcome"),
    case("again", "Refund for order QX", "deny"),
    case("word", "Aotearoa", "Wellington"),
    case("label", "Order", "grant"),
    case("customs", "请问我的包裹为什么还停在广州的海关仓库里没有发出", "请联系客服专员王小姐"),
    case("bill", "請求書が届きません", "再発行"),
    case("thai", "พัสดุของฉันค้างอยู่ที่ด่านศุลกากรกรุงเทพ", "สามวัน"),
)
WATCH = Watch.of(ORIGIN, OPEN, CLOSED)


def leaked(text: str) -> set[str]:
    return {leak.case_id for leak in WATCH.leaks(f"{ORIGIN}\n{text}\n")}


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        (
            "Refund for order AB: deny\nShip to Norway please: zone seven\nCompute 17 * 23: 391",
            {"refund", "ship", "product"},
        ),
        ("When you read SHIP TO **NORWAY** PLEASE, be quick.", {"ship"}),
        ("Ship to Norway only.", set()),
        ("Refund for order QX: grant", set()),
        ("Refund for order QX\ngives:\ngrant", set()),
        ("Refund for order QX: deny", {"again"}),
        ("If it says refund for order QX,\n\nanswer deny.", {"again"}),
        ("Refund for order QX is fine.\nTake care.\nNever deny it.", set()),
        ("And thank you for reading.", set()),  # two known words are anybody's
        ('"Thank you" is answered with: welcome', {"polite"}),
        ("Aotearoa: Wellington", {"word"}),
        ("Aotearoa is far away.", set()),
        ("If an order is named, grant it.", set()),  # a label beside one word is a rule
    ],
)
def test_short_inputs_and_answers_beside_them(text: str, cases: set[str]) -> None:
    assert leaked(text) == cases


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        (f"例如：“{CLOSED[7].input}”，回答：{CLOSED[7].expected}", {"customs"}),
        ("如果包裹还停在广州的海关仓库里，请道歉。", {"customs"}),
        ("如果包裹停在海关，请道歉，并说明原因。", set()),
        ("顾客问退款什么时候到账，回答三天之内。", set()),
        ("請求書が届きませんと書かれたら", {"bill"}),
        (f"{CLOSED[9].input}: ตอบ", {"thai"}),
        ("請求書", set()),
    ],
)
def test_text_without_blanks_is_cut_into_signs(text: str, cases: set[str]) -> None:
    assert leaked(text) == cases


def test_a_text_without_blanks_tells_how_much_of_it_was_found() -> None:
    (leak,) = WATCH.leaks("例如：包裹还停在广州的海关仓库里")
    assert leak.sentence == "carries 10 signs in a row of the closed case customs"


def test_a_train_case_without_blanks_is_quoted_too() -> None:
    story = "昨天下午三点我在上海的商店买了一台红色的洗衣机但是它一直没有送到"
    watch = Watch.of(ORIGIN, (case("story", story),), ())
    (quote,) = watch.quotes(f"{ORIGIN}例如：{story}")
    assert quote.words == eighths(words_of(story)) // 8
    assert watch.quoted_chars(f"{ORIGIN}例如：{story}") == len(story)
    assert watch.quotes(f"{ORIGIN}例如：昨天下午三点我在上海") == ()


def test_signs_are_parts_of_words() -> None:
    assert words_of("请用JSON回答HH-20931") == ["请", "用", "json", "回", "答", "hh-20931"]
    assert list(runs_of(words_of("一二三四五六七八九"), 5)) == [
        "一 二 三 四 五 六 七 八",
        "二 三 四 五 六 七 八 九",
    ]
    assert list(runs_of(["a", "b", "c"], 2)) == ["a b", "b c"]
    assert words_of("ที่นี่") == ["ท", "น"]
    assert words_of("नमस्ते दुनिया") == ["नमसत", "दनय"]
