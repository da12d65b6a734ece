package io.ottla.bench.raw;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.apache.kafka.common.protocol.ApiMessage;

/** One blocking connection to a broker on loopback. Confined to one thread. */
public final class RawConnection implements AutoCloseable {
    /** Room for the largest answers that the loads ask for: metadata of thousands of partitions. */
    public static final int ANSWER_BYTES = 1 << 22;

    private final SocketChannel channel;
    private final ByteBuffer in;

    private RawConnection(SocketChannel channel, int answerBytes) {
        this.channel = channel;
        in = ByteBuffer.allocateDirect(answerBytes).flip();
    }

    /** Connects; fails if nothing listens. */
    public static RawConnection open(int port, int answerBytes) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new RawConnection(channel, answerBytes);
    }

    /** Sends one request and reads its answer. */
    public ApiMessage call(ApiMessage request, short version) throws IOException {
        send(Frames.encode(request, version));
        return Frames.decode(receive(), request.apiKey(), version);
    }

    /** Writes all of {@code frames}. */
    void send(ByteBuffer frames) throws IOException {
        while (frames.hasRemaining()) {
            channel.write(frames);
        }
    }

    /** The next answer, without its length; valid until the next call. */
    ByteBuffer receive() throws IOException {
        fill(Frames.LENGTH_BYTES);
        int length = in.getInt(in.position());
        if (length < 0 || length > in.capacity() - Frames.LENGTH_BYTES) {
            throw new IOException("an answer of " + length + " bytes; there is room for " + in.capacity());
        }
        fill(Frames.LENGTH_BYTES + length);
        ByteBuffer answer = in.slice(in.position() + Frames.LENGTH_BYTES, length);
        in.position(in.position() + Frames.LENGTH_BYTES + length);
        return answer;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void fill(int bytes) throws IOException {
        if (in.remaining() >= bytes) {
            return;
        }
        in.compact();
        while (in.position() < bytes) {
            if (channel.read(in) < 0) {
                throw new EOFException("the broker has closed the connection");
            }
        }
        in.flip();
    }
}
