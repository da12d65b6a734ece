package io.ottla.compat.fuzz;

import io.ottla.compat.fuzz.RandomRequests.VersionRange;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A client that wants nothing but ApiVersions, again and again on one connection, and expects it promptly. */
final class HealthyClient implements FrameFuzz.Probe {

    private static final int TIMEOUT_MS = 10_000;
    private static final short API_VERSIONS = 18;
    private static final byte[] CLIENT_ID = "healthy".getBytes(StandardCharsets.UTF_8);

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private int correlationId;

    HealthyClient(InetSocketAddress broker) throws IOException {
        socket.connect(broker, TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    @Override
    public void ask() throws IOException {
        served();
    }

    /** What the broker says it serves, by API key. */
    Map<Short, VersionRange> served() throws IOException {
        int id = correlationId++;
        int length = 2 * Short.BYTES + Integer.BYTES + Short.BYTES + CLIENT_ID.length;
        socket.getOutputStream()
                .write(ByteBuffer.allocate(Integer.BYTES + length)
                        .putInt(length)
                        .putShort(API_VERSIONS)
                        .putShort((short) 0)
                        .putInt(id)
                        .putShort((short) CLIENT_ID.length)
                        .put(CLIENT_ID)
                        .array());
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);
        ByteBuffer response = ByteBuffer.wrap(answer);
        int answered = response.getInt();
        short error = response.getShort();
        if (answered != id || error != 0) {
            throw new IOException(
                    "ApiVersions " + id + " was answered with correlation id " + answered + ", error " + error);
        }
        Map<Short, VersionRange> ranges = new HashMap<>();
        for (int count = response.getInt(); count > 0; count--) {
            ranges.put(response.getShort(), new VersionRange(response.getShort(), response.getShort()));
        }
        return ranges;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
