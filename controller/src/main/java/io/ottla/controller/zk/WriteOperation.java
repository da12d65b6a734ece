package io.ottla.controller.zk;

/** One write, or check, of a multi. */
public sealed interface WriteOperation {

    /** The node concerned. */
    String path();

    /** Succeeds only if the node has this version. */
    static WriteOperation check(String path, int expectedVersion) {
        return new Check(path, expectedVersion);
    }

    /** Creates a node. */
    static WriteOperation create(String path, byte[] data, NodeKind kind) {
        return new Create(path, data, kind);
    }

    /** Creates a persistent node. */
    static WriteOperation create(String path, byte[] data) {
        return new Create(path, data, NodeKind.PERSISTENT);
    }

    /** Replaces data at this version. */
    static WriteOperation set(String path, byte[] data, int expectedVersion) {
        return new SetData(path, data, expectedVersion);
    }

    /** Deletes a node at this version. */
    static WriteOperation delete(String path, int expectedVersion) {
        return new Delete(path, expectedVersion);
    }

    /** Bytes that the operation takes on the wire, roughly; ZooKeeper bounds a request at 1 MB (jute.maxbuffer). */
    int sizeBytes();

    /** See {@link WriteOperation#check}. */
    record Check(String path, int expectedVersion) implements WriteOperation {
        @Override
        public int sizeBytes() {
            return path.length() + 24;
        }
    }

    /** See {@link WriteOperation#create(String, byte[], NodeKind)}. Compared by identity of the data. */
    @SuppressWarnings("ArrayRecordComponent")
    record Create(String path, byte[] data, NodeKind kind) implements WriteOperation {
        @Override
        public int sizeBytes() {
            return path.length() + data.length + 64;
        }
    }

    /** See {@link WriteOperation#set}. Compared by identity of the data. */
    @SuppressWarnings("ArrayRecordComponent")
    record SetData(String path, byte[] data, int expectedVersion) implements WriteOperation {
        @Override
        public int sizeBytes() {
            return path.length() + data.length + 32;
        }
    }

    /** See {@link WriteOperation#delete}. */
    record Delete(String path, int expectedVersion) implements WriteOperation {
        @Override
        public int sizeBytes() {
            return path.length() + 24;
        }
    }
}
