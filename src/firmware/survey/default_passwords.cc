// Default passwords that are publicly known: of devices seen in botnets' lists and in write-ups of cameras, routers and their chips' makers.
// Our own collection, the likeliest first; each is tried on a hash that an image holds (crypt_hash.h).
#include <array>

#include "firmware/survey/crypt_hash.h"

namespace lintel::firmware {

static constexpr auto kDefaultPasswords = std::to_array<std::string_view>({
    "admin", "root", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "password", "pass", "user", "guest", "default",
    "support", "service", "supervisor", "system", "tech", "administrator", "Administrator", "public", "private", "0000", "00000", "000000", "0000000",
    "00000000", "1111", "11111", "111111", "1111111", "11111111", "2222", "3333", "4444", "5555", "6666", "7777", "8888", "9999", "666666", "888888",
    "88888888", "66666666", "54321", "654321", "4321", "321", "123", "1122", "1212", "112233", "121212", "123123", "321321", "abc123", "abcd1234",
    "a123456", "aaaaaa", "qwerty", "qwerty123", "asdf", "asdfgh", "zxcvbn", "1q2w3e", "1q2w3e4r", "q1w2e3r4", "1qaz2wsx", "xc3511", "vizxv", "xmhdipc",
    "juantech", "jvbzd", "anko", "zlxx", "zlxx.", "ikwb", "dreambox", "realtek", "klv123", "klv1234", "hi3518", "hi3516", "meinsm", "smcadmin", "fucker",
    "Zte521", "zte", "zte9x15", "7ujMko0vizxv", "7ujMko0admin", "mother", "Win1doW$", "wbox123", "tlJwpbo6", "S2fGqNFs", "OxhlwSG8", "cat1029",
    "hunt5759", "annie2012", "annie2013", "annie2014", "annie2015", "annie2016", "e8ehome", "e8ehomeasb", "e8telnet", "telecomadmin", "nE7jA%5m",
    "CMCCAdmin", "CUAdmin", "aquario", "GM8182", "gm8182", "taZz@23495859", "taZz@01", "tsgoingon", "telnet", "telnetadmin", "ismart12", "hslwificam",
    "hichiphx", "hiklinux", "hik12345", "ISPMODE", "ipc", "ipcam", "ipcamera", "ipcam_rt5350", "ipc71a", "camera", "cam", "cxlinux", "cxinlinux",
    "xiaofang", "mi", "miio", "miwifi", "ismart", "wyze", "neos", "dafang", "ubnt", "uClinux", "uclinux", "openelec", "raspberry", "alpine", "toor",
    "linux", "debian", "ubuntu", "pi", "openwrt", "lede", "ddwrt", "freetz", "embedded", "embed", "busybox", "buildroot", "yocto", "oelinux123",
    "oelinux", "android", "htc", "antslq", "ambarella", "amlogic", "rockchip", "rk3288", "allwinner", "sunxi", "fa", "hisilicon", "hisi", "goke",
    "ingenic", "novatek", "novatel", "mstar", "sigmastar", "grain-media", "grainmedia", "anyka", "ak3918", "ak47", "fullhan", "gmlinux", "ralink",
    "mediatek", "mtk", "rt5350", "mt7620", "mt7688", "broadcom", "bcm", "atheros", "qca", "qualcomm", "marvell", "admin1", "admin12", "admin123",
    "admin1234", "admin12345", "admin123456", "admin@123", "adminadmin", "admin888", "adminpass", "admin0", "adm", "root123", "root1234", "root12345",
    "root123456", "rootroot", "rootme", "rootpass", "root@123", "toor123", "user123", "user1234", "user123456", "guest123", "guest1234", "test",
    "test123", "test1234", "testing", "tester", "demo", "debug", "engineer", "eng", "develop", "dev", "developer", "factory", "Factory", "production",
    "product", "setup", "install", "installer", "operator", "oper", "manager", "management", "monitor", "maint", "maintenance", "field", "backup",
    "console", "default1", "defaultpassword", "Password", "password1", "password123", "Password1", "Password123", "P@ssw0rd", "p@ssw0rd", "passw0rd",
    "changeme", "change_me", "ChangeMe", "letmein", "welcome", "secret", "login", "access", "super", "superuser", "supersu", "super123", "sysadmin",
    "sys", "netadmin", "netman", "network", "router", "switch", "modem", "gateway", "wireless", "wifi", "wlan", "wifi123", "internet", "adsl", "dsl",
    "cable", "isp", "voip", "sip", "tplink", "tp-link", "TPLINK", "dlink", "d-link", "D-Link", "Dlink", "linksys", "netgear", "netgear1", "asus",
    "belkin", "huawei", "Huawei", "HuaweiHgw", "huawei123", "hg8245", "hw", "xiaomi", "tenda", "Tenda", "tenda123", "mercury", "mercusys", "fast", "h3c",
    "h3capadmin", "ruijie", "zyxel", "ZyXEL", "zyad1234", "zyad5001", "actiontec", "arris", "motorola", "motorola1", "thomson", "technicolor", "sagemcom",
    "sercomm", "comtrend", "conexant", "edimax", "trendnet", "buffalo", "planet", "draytek", "mikrotik", "cisco", "Cisco", "juniper", "3com", "alcatel",
    "nokia", "siemens", "ericsson", "samsung", "sony", "lg", "panasonic", "philips", "bosch", "honeywell", "axis", "vivotek", "hikvision", "dahua",
    "uniview", "foscam", "reolink", "tuya", "ezviz", "imou", "yi", "lorex", "swann", "amcrest", "avtech", "geovision", "mobotix", "pelco", "ganz", "tvt",
    "xmeye", "vstarcam", "wanscam", "sricam", "escam", "digoo", "sannce", "zmodo", "tenvis", "apexis", "dericam", "heden", "maginon", "loftek", "insteon",
    "wemo", "sonoff", "ewelink", "aqara", "lumi", "smartthings", "hue", "ikea", "calvin", "pos", "1988", "2000", "2008", "2010", "2011", "2012", "2013",
    "2014", "2015", "2016", "2017", "2018", "20080826", "20150602", "123qwe", "qwe123", "1qazxsw2", "!qaz2wsx", "159753", "147258", "147258369",
    "987654321", "9876543210", "88888", "8888888", "999999", "777777", "555555", "444444", "333333", "222222", "101010", "123321", "111222", "520520",
    "5201314", "1314520", "a1b2c3", "aa123456", "abc", "abcd", "abc12345", "iloveyou", "hello", "hello123", "master", "tigger", "dragon", "shadow", "nas",
    "nas4free", "synology", "qnap", "fritz", "synnet", "1111aaaa", "m1122", "ascend", "attack", "blender", "cascade", "cellit", "ciscoadmin", "cms500",
    "davox", "diamond", "epicrouter", "extendnet", "friend", "geonet", "highspeed", "hsadb", "ilmi", "infrant", "kongko", "letacla", "michelangelo",
    "mlusr", "my_demarc", "nokai", "ntacdmax", "nz0u4bbe", "openpeak", "pbxk1064", "pento", "radius", "recovery", "rmnetlm", "Sharp", "speedxess", "star",
    "surt", "symbol", "talent", "tiger123", "tini", "tivonpw", "trancell", "truetime", "tslinux", "vision2", "w2402", "wampp", "winterm", "xdfk9874t3"});
static_assert(kDefaultPasswords.size() <= 512);

std::span<const std::string_view> known_default_passwords() { return kDefaultPasswords; }

}  // namespace lintel::firmware
