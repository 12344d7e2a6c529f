"""An apology where a summary should stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.source import SourceText

ENGLISH = r"""
    \bas\san?\s(?:ai|artificial\sintelligence|(?:large\s)?language\smodel)\b[^.]{0,40},
  | \bI(?:['’]m|\sam)\s(?:sorry|unable|not\sable|afraid)
  | \bI\s(?:cannot|can['’]?t|can\snot|could\snot|couldn['’]t|won['’]t)\s\w+
  | \bI\s(?:regret\b|must\sdecline|have\sto\sdecline)
  | \bunable\sto\scomply\b|\binsufficient\s(?:information|text|context)\sto\s(?:summ|writ)
  | \bhere(?:\sis|['’]s)\s(?:the|a|your)\s(?:requested\s)?summary\b|\[[^\]\n]{0,30}goes\shere\]
  | \b(?:abstract|paper)\s(?:was|is)\s(?:empty|missing)\b
  | \bI\s(?:apologi[sz]e|(?:do\snot|don['’]t)\shave\s(?:access|enough))
  | \b(?:please|kindly)\s(?:provide|share|paste|supply|upload)\b
  | \bno\s(?:abstract|text|content|paper|article|input|document)\s(?:was|is|has\sbeen)\s
    (?:provided|given|supplied)
  | \b(?:abstract|text|content|paper|input)\s(?:was|is|has)\snot\s(?:been\s)?
    (?:provided|supplied|included|available)
  | \b(?:unable|not\sable|impossible)\sto\s
    (?:summari[sz]e|provide\sa\ssummary|generate\sa\ssummary)
  | \b(?:summary|generation)\s(?:generation\s)?(?:failed|unavailable|not\savailable)\b
  | \b(?:against|violates?)\s(?:my|our|the)\s(?:content\s|usage\s|safety\s)?
    (?:policy|policies|guidelines)
"""
KOREAN = r"""
    죄송(?:합니다|하지만|해요|스럽)|사과드립니다|유감스럽게도
  | (?:제공된|주어진|입력된)\s?(?:\S{0,12}\s)?(?:초록|논문|본문|텍스트|내용|원문)\S{0,2}\s?
    (?:없|비어|부족)
  | (?:초록|논문|본문|텍스트|내용|원문|정보|자료)(?:이|가|을|를)?\s?
    (?:제공되지|주어지지|제공해\s?주|입력해\s?주|공유해\s?주|알려\s?주시)
  | (?:초록|논문|원문)(?:이|가)?\s?비어
  | (?:초록|논문|원문)의?\s?(?:내용)?[을를]?\s?(?:확인|파악|열람)할\s?수\s?없습니다
  | 부족(?:하여|해|하므로)\s?(?:요약|답변|작성)(?:이|하기|할\s수)?\s?(?:가\s)?
    (?:어렵습|없습|불가능합)니다
  | 요약(?:할|을\s?(?:작성|생성|제공)할)\s?수\s?(?:가\s)?없|도와드릴\s?수\s?없
  | 답변(?:드리기|할\s?수\s?없)|(?:AI|인공지능)\s?(?:언어\s?)?모델(?:로서|이므로|이기\s?때문)
  | 언어\s?모델로서|요약\s?생성(?:에)?\s?실패|정책(?:에|상)\s?(?:따라|위반)\s?\S{0,8}\s?없
"""
OTHERS = r"""
    抱歉|对不起|無法(?:提供|總結)|无法(?:提供|总结|回答)|请提供|未提供(?:摘要|文本|内容)
  | 作为(?:一个|一名)?(?:AI|人工智能|语言模型)
  | 申し訳(?:ありません|ございません)|ご提供ください|AI(?:言語)?モデルとして
  | 要約(?:する|を作成する)こと[がは]でき(?:ません|ない)
  | (?:論文|要旨)(?:の内容)?[がは]提供されていません
  | \b(?:es\stut\smir\sleid|tut\smir\sleid|entschuldigung|als\s(?:KI|sprachmodell))\b
  | \bliegt\skein\s(?:text|abstract)\svor\b
  | \bich\skann\s(?:leider|nicht|keine)\b|\b(?:lo\ssiento|como\smodelo\sde\slenguaje)\b
  | \bno\spuedo\s\w+|\b(?:je\ssuis\sdésolé|en\stant\squ['’]IA|je\sne\speux\spas)
"""
PHRASES = re.compile(f"{ENGLISH}|{KOREAN}|{OTHERS}", re.IGNORECASE | re.VERBOSE)


def check(draft: Draft, source: SourceText) -> Iterator[Finding]:
    """An apology, a request for the text, a word on policy or “as an AI” that the source does not
    have (BLOCK).

    Measured: none of 197 Korean entries, none of 602 English sentences.
    """
    given = source.text.lower()
    for text in (draft.lead, *draft.parts.values()):
        for found in PHRASES.finditer(text):
            if found[0].lower() not in given:
                yield Finding("refusal", Verdict.BLOCK, "refusal.said", {"words": found[0].strip()})
                return
