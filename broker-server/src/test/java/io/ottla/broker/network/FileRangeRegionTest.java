package io.ottla.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.ottla.broker.request.AnsweringHandler;
import io.ottla.protocol.api.ApiKey;
import io.ottla.protocol.message.FetchRequest;
import io.ottla.protocol.message.FetchResponse;
import io.ottla.protocol.schema.MessageWriter;
import io.ottla.protocol.schema.RecordBytes;
import io.ottla.storage.file.FileRange;
import io.ottla.storage.file.LogFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranges of files reach the client whole, by sendfile or through memory, and are given back without closing the file. */
class FileRangeRegionTest {

    private static final int FETCH_VERSION = 12;
    private static final int RANGE_BYTES = 3_000_000;
    private static final int POSITION = 1_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"false, true", "false, false", "true, true"})
    void sendsRangesOfFiles(boolean nio, boolean sendfile) throws Exception {
        byte[] content = new byte[RANGE_BYTES + 2 * POSITION];
        new Random(1).nextBytes(content);
        byte[] expected = Arrays.copyOfRange(content, POSITION, POSITION + RANGE_BYTES);
        try (OpenFile file = new OpenFile(write(content), sendfile);
                TestServer server = start(nio, file);
                TestClient client = server.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send(new FetchRequest(), FETCH_VERSION, i);
            }
            for (int i = 0; i < 3; i++) {
                byte[] response = client.receive();
                assertThat(response[3]).isEqualTo((byte) i);
                assertThat(indexOf(response, expected)).isPositive();
            }
            await().until(() -> file.references.get() == 1);
            assertThat(file.channel.isOpen()).isTrue();
        }
    }

    @Test
    void closesTheConnectionWhenTheFileEndsEarlyAndGivesTheRangeBack() throws Exception {
        try (OpenFile file = new OpenFile(write(new byte[2 * POSITION]), false);
                TestServer server = start(false, file);
                TestClient client = server.connect()) {
            client.send(new FetchRequest(), FETCH_VERSION, 1);
            await().until(() -> server.limits.connections() == 0);
            assertThat(file.references.get()).isEqualTo(1);
            assertThat(server.log).singleElement().asString().contains("the log cannot be read");
        }
    }

    @Test
    void closesTheConnectionWhenTheFileHasBeenCutWhileItIsSent() throws Exception {
        try (OpenFile file = new OpenFile(write(new byte[2 * POSITION]), true);
                TestServer server = start(false, file);
                TestClient client = server.connect()) {
            client.send(new FetchRequest(), FETCH_VERSION, 1);
            await().until(() -> server.limits.connections() == 0);
            await().until(() -> file.references.get() == 1);
        }
    }

    private static TestServer start(boolean nio, OpenFile file) throws IOException {
        AnsweringHandler fetch = new AnsweringHandler(ApiKey.FETCH, request -> response(file));
        TestServer.Builder builder = TestServer.with(fetch);
        return (nio ? builder.nio() : builder).start();
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(directory.resolve("segment"), content);
    }

    private static FetchResponse response(OpenFile file) {
        file.tryRetain();
        FileRange range = new FileRange(file, POSITION, RANGE_BYTES);
        return new FetchResponse()
                .setResponses(List.of(new FetchResponse.FetchableTopicResponse()
                        .setTopic("topic")
                        .setPartitions(
                                List.of(new FetchResponse.PartitionData().setRecords(new RangeRecords(range))))));
    }

    private static int indexOf(byte[] whole, byte[] part) {
        for (int i = 0; i + part.length <= whole.length; i++) {
            if (Arrays.equals(whole, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }

    private record RangeRecords(FileRange range) implements RecordBytes {

        @Override
        public int sizeBytes() {
            return range.sizeBytes();
        }

        @Override
        public void writeTo(MessageWriter out) {
            out.writePart(range.retain(), range.sizeBytes());
        }

        @Override
        public void release() {
            range.release();
        }
    }

    /** A file that counts its references. */
    private static final class OpenFile implements LogFile, AutoCloseable {

        private final FileChannel channel;
        private final boolean sendfile;
        private final AtomicInteger references = new AtomicInteger(1);

        OpenFile(Path path, boolean sendfile) throws IOException {
            this.channel = FileChannel.open(path);
            this.sendfile = sendfile;
        }

        @Override
        public String name() {
            return "segment";
        }

        @Override
        public int read(long position, ByteBuf target, int length) throws IOException {
            return target.writeBytes(channel, position, length);
        }

        @Override
        public void write(long position, ByteBuf source, int index, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long sizeBytes() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long sizeBytes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void force() {
            throw new UnsupportedOperationException();
        }

        @Override
        public @Nullable FileChannel channel() {
            return sendfile ? channel : null;
        }

        @Override
        public boolean tryRetain() {
            references.incrementAndGet();
            return true;
        }

        @Override
        public void release() {
            references.decrementAndGet();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
