"""Where in a video stream a decoder can begin, told from the first bytes of an RTP payload."""

_H264_SPS = 7
_H264_STAP_A = 24


def starts_key_frame(codec: str, payload: bytes) -> bool:
    """Whether this packet is the first of a key frame (`h264`: of its parameter sets)."""
    if not payload:
        return False
    if codec == "h264":
        return _starts_h264(payload)
    if codec == "vp8":
        return _starts_vp8(payload)
    return True


def _starts_h264(payload: bytes) -> bool:
    """Encoders for telephony repeat the parameter sets before every IDR picture (RFC 6184, 5.6 and 5.7.1)."""
    kind = payload[0] & 0x1F
    if kind == _H264_STAP_A:
        return len(payload) > 3 and payload[3] & 0x1F == _H264_SPS
    return kind == _H264_SPS


def _starts_vp8(payload: bytes) -> bool:
    """RFC 7741, 4.2 and 4.3: start of partition 0, and the frame header's inverse key frame bit clear."""
    first = payload[0]
    if not first & 0x10 or first & 0x07:
        return False
    offset = 1
    if first & 0x80:
        if len(payload) < 2:
            return False
        extension = payload[1]
        offset = 2
        if extension & 0x80:
            offset += 2 if len(payload) > 2 and payload[2] & 0x80 else 1
        offset += bool(extension & 0x40) + bool(extension & 0x30)
    return len(payload) > offset and not payload[offset] & 0x01
