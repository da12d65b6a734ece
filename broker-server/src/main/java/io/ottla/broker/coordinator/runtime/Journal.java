package io.ottla.broker.coordinator.runtime;

import java.util.ArrayDeque;

/**
 * Remembers how to undo the changes that replayed records made before they were committed. Confined to the shard's loop.
 * While a shard loads, what it replays is in the log already and nothing is remembered.
 */
public final class Journal {
    private final ArrayDeque<Runnable> undos = new ArrayDeque<>();
    private boolean recording;
    /** Position of the first entry of {@link #undos}. */
    private long committed;

    void startRecording() {
        recording = true;
    }

    /**
     * Notes a change that a replayed record just made.
     *
     * @param undo takes the change back, given that all later changes have been taken back before
     */
    public void onChange(Runnable undo) {
        if (recording) {
            undos.add(undo);
        }
    }

    /** The position behind the last change. */
    long end() {
        return committed + undos.size();
    }

    /** Forgets how to undo what lies before {@code position}, which is committed. */
    void commitTo(long position) {
        while (committed < position) {
            undos.remove();
            committed++;
        }
    }

    /** Undoes, the last one first, what lies at or behind {@code position}. */
    void undoTo(long position) {
        while (end() > position) {
            undos.removeLast().run();
        }
    }

    /** Undoes all that is not committed. */
    void undoUncommitted() {
        undoTo(committed);
    }
}
