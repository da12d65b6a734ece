package io.ottla.bench.raw;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Sends one request over and over on one connection, {@code depth} of them with one write, and takes the answers. The first
 * answers and every 1024th are read and must be successes, all must be of the same length: a broker that fails fast
 * must not win. Confined to one thread.
 */
public final class RequestPump implements AutoCloseable {
    private static final int READ_EVERY = 1024;
    private static final int READ_FIRST = 4;

    private final RawConnection connection;
    private final RepeatedRequest request;
    private final ByteBuffer frames;
    private final int frameBytes;
    private final int depth;
    private int sent;
    private int received;
    private int answerBytes;

    public RequestPump(RawConnection connection, RepeatedRequest request, int depth) {
        this.connection = connection;
        this.request = request;
        this.depth = depth;
        ByteBuffer one = Frames.encode(request.request(), request.version());
        frameBytes = one.remaining();
        frames = ByteBuffer.allocateDirect(frameBytes * depth);
        for (int i = 0; i < depth; i++) {
            frames.put(one.duplicate());
        }
    }

    /** Sends {@code depth} requests. */
    public void send() throws IOException {
        for (int i = 0; i < depth; i++) {
            ByteBuffer frame = frames.slice(i * frameBytes, frameBytes);
            frame.putInt(Frames.CORRELATION_ID_OFFSET, sent);
            request.patch().accept(frame, sent);
            sent++;
        }
        connection.send(frames.clear());
    }

    /** Takes the answers to the last {@link #send}. */
    public void receive() throws IOException {
        for (int i = 0; i < depth; i++) {
            ByteBuffer answer = connection.receive();
            if (answer.getInt(0) != received) {
                throw new IOException("answer " + answer.getInt(0) + " in the place of answer " + received);
            }
            if (received < READ_FIRST || received % READ_EVERY == 0) {
                answerBytes = answer.remaining();
                check(answer);
            } else if (answer.remaining() != answerBytes) {
                int length = answer.remaining();
                check(answer);
                throw new IOException("an answer of " + length + " bytes after one of " + answerBytes);
            }
            received++;
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }

    private void check(ByteBuffer answer) throws IOException {
        ApiMessage response = Frames.decode(answer, request.request().apiKey(), request.version());
        if (!request.isSuccess().test(response)) {
            throw new IOException("the broker refuses: " + response);
        }
    }
}
