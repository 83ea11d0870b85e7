"""What is said of accounts: passwords, second factors, enrolment codes, sessions that were ended."""

from collections.abc import Iterable

from comms.domain.password import RULES, PasswordFault, PasswordRules
from comms.protocol.refusal_code import Locale, RefusalCode

ACCOUNT_SENTENCES: dict[RefusalCode, tuple[str, str]] = {
    RefusalCode.PASSWORD_RULES: (
        "新口令不符合要求，没有修改。",
        "The new password does not fit the rules and nothing was changed.",
    ),
    RefusalCode.PASSWORD_EXPIRED: (
        "口令已到期；请在此设置新口令后登录。",
        "The password is too old; choose a new one here to sign in.",
    ),
    RefusalCode.SECOND_FACTOR_NEEDED: (
        "请输入验证器上的 6 位动态码，或一个恢复码。",
        "Enter the six figures of your authenticator, or one of your recovery codes.",
    ),
    RefusalCode.SECOND_FACTOR_WRONG: (
        "动态码不正确或已用过；请等验证器换出下一个码再输入。",
        "The code is wrong or was used already; wait for the next one of your authenticator.",
    ),
    RefusalCode.SECOND_FACTOR_MISSING: (
        "按本单位规定，您的岗位须启用动态码；请先在“我的账号”中启用，紧急呼叫不受影响。",
        "This site asks your role for a second factor; set it up in 'My account' first. Emergency calls go on.",
    ),
    RefusalCode.SECOND_FACTOR_KEPT: (
        "按本单位规定，您的岗位不能停用动态码；换手机请重新启用。",
        "This site asks your role for a second factor, so it stays; for a new phone set it up again.",
    ),
    RefusalCode.CODE_USED: (
        "这个注册码已经用过；请向值班室要一个新的注册码。",
        "This enrolment code was used already; ask the duty desk for a new one.",
    ),
    RefusalCode.CODE_EXPIRED: (
        "这个注册码已过期；请向值班室要一个新的注册码。",
        "This enrolment code is too old; ask the duty desk for a new one.",
    ),
    RefusalCode.CODE_REVOKED: (
        "这个注册码已作废；请向值班室要一个新的注册码。",
        "This enrolment code was taken back; ask the duty desk for a new one.",
    ),
    RefusalCode.DEVICE_REVOKED: (
        "本终端已被指挥中心注销，不能再用；如是误操作，请向值班室要一个新的注册码。",
        "The command centre has revoked this terminal; if that was a mistake, ask the duty desk for a new code.",
    ),
    RefusalCode.ISSUER_OFF: (
        "本网关没有开通统一身份认证；请用账号和口令登录。",
        "This gateway has no identity service; sign in with name and password.",
    ),
    RefusalCode.ISSUER_UNREACHABLE: (
        "网关连不上统一身份认证服务；请稍后重试，急用请改用账号和口令。",
        "The gateway cannot reach the identity service; try again later, or use name and password meanwhile.",
    ),
    RefusalCode.ISSUER_REFUSED: (
        "统一身份认证没有通过；请重新认证，或改用账号和口令。",
        "The identity service did not let you through; try once more, or use name and password.",
    ),
    RefusalCode.ISSUER_UNPROVEN: (
        "统一身份认证的答复未通过校验，不能采信；请告诉系统管理员，先用账号和口令登录。",
        "What the identity service said does not prove who you are; tell the administrator, and use name and password "
        "meanwhile.",
    ),
    RefusalCode.ISSUER_LATE: (
        "这次统一身份认证已超时或已用过；请重新认证。",
        "This took too long or was used already; begin again at the identity service.",
    ),
    RefusalCode.ISSUER_STRANGER: (
        "统一身份认证已通过，但本网关没有您的值班员账号；请系统管理员开通后再登录。",
        "The identity service knows you, but you have no officer's account here; ask the administrator for one.",
    ),
    RefusalCode.ISSUER_OTHER_OFFICER: (
        "认证的不是锁定本席位的值班员；请由本人认证，或点“退出，换人登录”。",
        "That is not the officer who locked this desk; prove it is you, or let somebody else sign in.",
    ),
    RefusalCode.NO_BROWSER: (
        "本机打不开浏览器，不能使用统一身份认证；请用账号和口令。",
        "No browser opens on this machine, so the identity service cannot be used; use name and password.",
    ),
    RefusalCode.CERTIFICATE_MISSING: (
        "本单位规定席位须持证书登录，本席位没有；请向系统管理员领取证书文件，在本机安装后再登录。",
        "This site asks desks for a certificate and this one shows none; get its file from the administrator, install "
        "it here and sign in again.",
    ),
    RefusalCode.CERTIFICATE_OVER: (
        "本席位的证书已到期，不能登录；请系统管理员换发新证书（若日期不符，请先核对本机与网关的时间）。",
        "This desk's certificate has ended; ask the administrator for a new one. If the date seems wrong, check the "
        "clocks first.",
    ),
    RefusalCode.CERTIFICATE_REVOKED: (
        "本席位的证书已被吊销，不能登录；请系统管理员换发新证书。",
        "This desk's certificate was revoked; ask the administrator for a new one.",
    ),
    RefusalCode.OFFICER_DISABLED: (
        "您的账号已停用，不能登录；如有疑问请联系系统管理员。",
        "Your account was disabled, so you cannot sign in; ask the administrator about it.",
    ),
    RefusalCode.ENDED_FROM_AFAR: (
        "本次登录已被结束；需要继续请重新登录，不是您本人要求的请联系安全管理员。",
        "This sign-in was ended from another desk; sign in again, and tell the security officer if you did not ask "
        "for it.",
    ),
}

_FAULTS: dict[PasswordFault, tuple[str, str]] = {
    PasswordFault.TOO_SHORT: ("至少 {chars} 个字符", "at least {chars} characters"),
    PasswordFault.TOO_FEW_KINDS: (
        "大写字母、小写字母、数字、符号至少含 {kinds} 种",
        "{kinds} of the four kinds: capitals, small letters, figures, signs",
    ),
    PasswordFault.HAS_NAME: ("不能含账号或姓名", "neither the account nor the name in it"),
    PasswordFault.COMMON: ("不能是常见的、容易猜到的口令", "not one that is easily guessed"),
    PasswordFault.USED_BEFORE: ("不能与最近 {past} 次用过的相同", "none of the last {past}"),
}


def fault_words(fault: PasswordFault, locale: Locale, rules: PasswordRules = RULES) -> str:
    """A rule, in the reader's language: what a password has to be."""
    words = _FAULTS[fault][0 if locale is Locale.ZH_CN else 1]
    return words.format(chars=rules.min_chars, kinds=rules.min_kinds, past=rules.remembered)


def faults_words(faults: Iterable[PasswordFault], locale: Locale) -> str:
    return ("；" if locale is Locale.ZH_CN else "; ").join(fault_words(fault, locale) for fault in faults)
