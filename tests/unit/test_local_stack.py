"""The parts of the local stack that decide something."""

from tests.local_stack import sam


def test_resources_of_a_type_are_left_out_and_named() -> None:
    template = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Archive": {"Type": "AWS::Events::Archive"},
            "Bus": {"Type": "AWS::Events::EventBus", "DependsOn": ["Archive", "Queue"]},
            "Rule": {"Type": "AWS::Events::Rule", "DependsOn": "Archive"},
            "Queue": {"Type": "AWS::SQS::Queue"},
        },
    }

    stripped, left_out = sam.without_types(template, {"AWS::Events::Archive"})

    assert left_out == ["Archive (AWS::Events::Archive)"]
    assert stripped == {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Bus": {"Type": "AWS::Events::EventBus", "DependsOn": ["Queue"]},
            "Rule": {"Type": "AWS::Events::Rule"},
            "Queue": {"Type": "AWS::SQS::Queue"},
        },
    }
