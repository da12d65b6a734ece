package io.ottla.storage.segment;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.ottla.protocol.record.RecordBatch;
import io.ottla.storage.file.LogFile;
import java.io.IOException;
import java.util.zip.CRC32;

/**
 * Steps from batch to batch through a range of a file, reading only what it must: the headers, and the whole batch when
 * it is asked for. Confined to its caller, who closes it.
 *
 * <pre>{@code
 * while (scan.next()) {
 *     use(RecordBatch.lastOffset(scan.buffer(), scan.index()), scan.position());
 * }
 * }</pre>
 */
public final class BatchScan implements AutoCloseable {
    /** A window that suffices to find one batch behind an index entry. */
    public static final int LOOKUP_WINDOW_BYTES = 8 * 1024;

    /** A window for reading a whole segment. */
    public static final int SEQUENTIAL_WINDOW_BYTES = 1024 * 1024;

    /** Before magic 2 the checksum of a message came first. */
    private static final int OLD_CHECKSUM_BYTES = 4;

    private final LogFile file;
    private final int end;
    private final int windowBytes;
    private ByteBuf window;
    private int windowPosition;
    private int position;
    private int next;

    /**
     * Scans {@code file} from {@code position}, where a batch must begin, to {@code end}, exclusive.
     *
     * @param file held by the caller until the constructor returns; the scan has a reference of its own until it is closed
     */
    public BatchScan(LogFile file, int position, int end, int windowBytes) {
        if (!file.tryRetain()) {
            throw new IllegalStateException(file.name() + " is closed");
        }
        this.file = file;
        this.position = position;
        this.next = position;
        this.end = end;
        this.windowBytes = windowBytes;
        this.window = ByteBufAllocator.DEFAULT.directBuffer(
                Math.max(RecordBatch.RECORDS_AT, Math.min(windowBytes, end - position)));
        this.windowPosition = position;
    }

    /** Steps to the next batch; false at the end of the range and at anything that is no whole batch. */
    public boolean next() throws IOException {
        position = next;
        if (end - position < RecordBatch.RECORDS_AT || !load(RecordBatch.RECORDS_AT)) {
            return false;
        }
        int length = RecordBatch.length(window, index());
        if (length < RecordBatch.MIN_LENGTH
                || length > end - position - RecordBatch.LOG_OVERHEAD
                || RecordBatch.magic(window, index()) != RecordBatch.MAGIC_V2) {
            return false;
        }
        next = position + RecordBatch.LOG_OVERHEAD + length;
        return true;
    }

    /** Whether the scan stands at a batch: what {@link #next} has answered last. */
    public boolean hasBatch() {
        return next > position;
    }

    /** Whether the scan has used up its range exactly, once {@link #next} has answered false. */
    public boolean atEnd() {
        return position == end;
    }

    /** Makes the whole current batch readable in {@link #buffer()}; false if the file ends before. */
    public boolean loadBatch() throws IOException {
        return load(sizeBytes());
    }

    /** Position in the file where the current batch begins, or where the scan has stopped. */
    public int position() {
        return position;
    }

    /** Size of the current batch. */
    public int sizeBytes() {
        return next - position;
    }

    /** The buffer that has at least the header of the current batch at {@link #index()}. */
    public ByteBuf buffer() {
        return window;
    }

    public int index() {
        return position - windowPosition;
    }

    /** Whether {@code length} bytes from the current batch on are in the buffer already. */
    public boolean covers(int length) {
        return index() + length <= window.writerIndex();
    }

    /** Whether the scan has stopped at an intact message of magic 0 or 1, which is no damage but an old format. */
    public boolean isOldFormat() throws IOException {
        if (!covers(RecordBatch.PEEK_BYTES)) {
            return false;
        }
        int length = RecordBatch.length(window, index());
        byte magic = RecordBatch.magic(window, index());
        boolean possible = magic >= 0
                && magic < RecordBatch.MAGIC_V2
                && length > OLD_CHECKSUM_BYTES
                && length <= end - position - RecordBatch.LOG_OVERHEAD;
        if (!possible || !load(RecordBatch.LOG_OVERHEAD + length)) {
            return false;
        }
        CRC32 crc = new CRC32();
        crc.update(window.nioBuffer(index() + RecordBatch.MAGIC_AT, length - OLD_CHECKSUM_BYTES));
        return crc.getValue() == window.getUnsignedInt(index() + RecordBatch.LOG_OVERHEAD);
    }

    /** A scan met something that is no batch where there must be one. */
    public static final class FaultException extends IOException {
        private static final long serialVersionUID = 1L;

        public FaultException(String message) {
            super(message);
        }
    }

    /** Why {@link #next} has answered false before the end of the range. */
    public String fault() {
        int available = end - position;
        if (available < RecordBatch.RECORDS_AT) {
            return "only " + available + " bytes are left, a batch header takes " + RecordBatch.RECORDS_AT;
        }
        if (!covers(RecordBatch.RECORDS_AT)) {
            return "the file ends within a batch header";
        }
        return "a batch header has magic " + RecordBatch.magic(window, index()) + " and length "
                + RecordBatch.length(window, index()) + " with " + available
                + " bytes left, expected magic 2 and a length from "
                + RecordBatch.MIN_LENGTH + " to " + (available - RecordBatch.LOG_OVERHEAD);
    }

    private boolean load(int length) throws IOException {
        if (covers(length)) {
            return true;
        }
        if (length > window.capacity()) {
            window.release();
            window = ByteBufAllocator.DEFAULT.directBuffer(length);
        }
        window.clear();
        windowPosition = position;
        int wanted = Math.min(end - position, Math.max(length, Math.min(windowBytes, window.capacity())));
        file.read(position, window, wanted);
        return covers(length);
    }

    @Override
    public void close() {
        window.release();
        file.release();
    }
}
