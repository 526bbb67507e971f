"""What a measurement means: plain Python, no Django, no clock, no randomness.

    requests.parse_request(document) -> AssessRequest      # or InvalidRequest with every problem
    findings.assess(request) -> AssessResult                # gate, tests, areas, ranking

The numbers live in the YAML files of this folder, each beside its unit and source; rules.rules() reads and checks them once.
"""
