"""What going from one format to another leaves out, said in plain words."""

import msgspec


class Loss(msgspec.Struct, frozen=True):
    """`where` is the part of the scenario or the row of the sheet."""

    where: str
    sentences: dict[str, str]

    def words(self, locale: str) -> str:
        told = self.sentences.get(locale) or self.sentences["en"]
        return f"{self.where}：{told}" if locale == "zh_CN" else f"{self.where}: {told}"


class ExchangeError(ValueError):
    """The file is none of its kind; says what to do."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.sentences = {"en": english, "zh_CN": chinese}


def loss(where: str, english: str, chinese: str) -> Loss:
    return Loss(where, {"en": english, "zh_CN": chinese})
