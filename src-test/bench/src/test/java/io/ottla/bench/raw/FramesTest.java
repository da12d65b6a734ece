package io.ottla.bench.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.junit.jupiter.api.Test;

/** Goal: what the driver changes in an encoded request is what it means to change. Method: decode it again. */
class FramesTest {
    private static final short FETCH_VERSION = 16;

    @Test
    void aFrameDecodesToItsHeaderAndBody() {
        FetchRequestData body = new FetchRequestData().setSessionId(7).setSessionEpoch(1);
        ByteBuffer frame = Frames.encode(body, FETCH_VERSION);
        frame.putInt(Frames.CORRELATION_ID_OFFSET, 4711);

        assertThat(frame.getInt()).isEqualTo(frame.remaining());
        RequestHeaderData header = new RequestHeaderData(new ByteBufferAccessor(frame), (short) 2);
        assertThat(header.correlationId()).isEqualTo(4711);
        assertThat(new FetchRequestData(new ByteBufferAccessor(frame), FETCH_VERSION))
                .isEqualTo(body);
        assertThat(frame.hasRemaining()).isFalse();
    }

    @Test
    void theBodyBeginsWhereItSays() {
        FetchRequestData body = new FetchRequestData().setMaxWaitMs(0x01020304);
        int offset = Frames.bodyOffset(body, FETCH_VERSION);
        assertThat(Frames.encode(body, FETCH_VERSION).getInt(offset)).isEqualTo(0x01020304);
    }
}
