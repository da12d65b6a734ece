package io.ottla.controller.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.controller.znode.TopicNode.ReplicaAssignment;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Illegal transitions are refused with the partition, the status it has and the one it was to take. */
class StatusTransitionsTest {

    private final PartitionState partition =
            new ClusterState().addTopic("t", new UUID(1, 1)).addPartition(3, ReplicaAssignment.of(List.of(1)));

    @Test
    void aNewPartitionMayComeOnlineAndGoOfflineAndBack() {
        assertThat(partition.status()).isEqualTo(PartitionStatus.NEW);
        partition.become(PartitionStatus.ONLINE);
        partition.become(PartitionStatus.OFFLINE);
        partition.become(PartitionStatus.ONLINE);
        assertThatThrownBy(() -> partition.become(PartitionStatus.NEW))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("partition t-3 cannot become NEW from ONLINE");
    }

    @Test
    void aReplicaIsDeletedOnlyWhenItIsOffline() {
        partition.replicaBecomes(1, ReplicaStatus.ONLINE);
        assertThatThrownBy(() -> partition.replicaBecomes(1, ReplicaStatus.DELETION_STARTED))
                .hasMessageContaining("replica of t-3 on broker 1 cannot become DELETION_STARTED from ONLINE");
        partition.replicaBecomes(1, ReplicaStatus.OFFLINE);
        partition.replicaBecomes(1, ReplicaStatus.DELETION_STARTED);
        partition.replicaBecomes(1, ReplicaStatus.DELETION_SUCCESSFUL);
        assertThat(partition.replica(2)).isEqualTo(ReplicaStatus.NON_EXISTENT);
    }

    @Test
    void aPartitionWithoutAStateHasNothingToTell() {
        assertThatThrownBy(partition::update).hasMessageContaining("t-3");
    }
}
