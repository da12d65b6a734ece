package io.ottla.check;

import java.util.ArrayList;
import java.util.List;

/** What the consumers of one group were given; a group may be given a record twice. Members are many: locked. */
public final class DeliveryHistory {
    private final String group;
    private final List<StoredRecord> records = new ArrayList<>();

    DeliveryHistory(String group) {
        this.group = group;
    }

    public String group() {
        return group;
    }

    public synchronized void delivered(StoredRecord record) {
        records.add(record);
    }

    /** How many records were delivered, those delivered twice counted twice. */
    public synchronized int count() {
        return records.size();
    }

    synchronized List<StoredRecord> records() {
        return List.copyOf(records);
    }
}
